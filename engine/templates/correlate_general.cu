{# USES_VARIABLES { N, N_pre, N_post } #}
{% extends 'common_group.cu' %}
{% block kernels %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.correlate_kernel(scalar_code, vector_code, '_value')}}
{% endblock %}
{% block launch %}
{% import 'cuda_kernel.cu' as kernel with context %}
{{kernel.launch('_correlate', 'N')}}
{% endblock %}
